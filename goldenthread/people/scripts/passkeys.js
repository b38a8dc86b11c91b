// Passkeys: a form with data-passkey="create" or "get" asks the device first and sends what it answers.
// The options stand in the page (data-options: id of a JSON block) or are fetched (data-options-from).
(() => {
  const WORDS = {
    NotAllowedError: "Nothing was chosen, or it took too long. Try again.",
    AbortError: "It was stopped. Try again.",
    InvalidStateError: "This device holds a passkey for your account already.",
    NotSupportedError: "This device cannot hold a passkey. Try another one.",
    SecurityError: "Passkeys need https and an address by name. Open the page under its name.",
  };
  const OTHERWISE = "That did not work. Load the page again and try once more.";
  const forms = [...document.querySelectorAll("form[data-passkey]")];
  if (!forms.length) return;

  if (!window.PublicKeyCredential || !navigator.credentials) {
    for (const words of document.querySelectorAll("[data-no-passkeys]")) words.hidden = false;
    return;
  }

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) => {
    if (!buffer) return null;
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const read = (options) => {
    const asked = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
    if (asked.excludeCredentials) asked.excludeCredentials = known(asked.excludeCredentials);
    if (asked.allowCredentials) asked.allowCredentials = known(asked.allowCredentials);
    return { publicKey: asked };
  };
  const written = (credential) => {
    const from = credential.response;
    const response = { clientDataJSON: text(from.clientDataJSON) };
    if (from.attestationObject) {
      response.attestationObject = text(from.attestationObject);
      response.transports = from.getTransports?.() || [];
    } else {
      response.authenticatorData = text(from.authenticatorData);
      response.signature = text(from.signature);
      response.userHandle = text(from.userHandle);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  const options = async (form) => {
    if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const answer = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
    if (answer.status === 429) throw new Error("Too many attempts. Wait a minute, then try again.");
    if (!answer.ok) throw new Error(OTHERWISE);
    return (await answer.json()).request_options;
  };

  for (const form of forms) {
    const trouble = form.querySelector("[data-passkey-trouble]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      trouble.hidden = true;
      const button = form.querySelector("button[type=submit]");
      button.disabled = true;
      try {
        const asked = read(await options(form));
        const credential = await navigator.credentials[form.dataset.passkey](asked);
        form.elements.credential.value = JSON.stringify(written(credential));
        form.submit();
      } catch (error) {
        trouble.textContent = WORDS[error.name] || (error.name === "Error" ? error.message : OTHERWISE);
        trouble.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
