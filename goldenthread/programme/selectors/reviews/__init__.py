"""What of leadership reviews is read: their agenda out of the data, their page, their list, their actions."""
