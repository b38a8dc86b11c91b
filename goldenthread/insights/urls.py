"""Addresses of the pages that read across the rooms."""

from django.urls import path

from goldenthread.insights.views import (
    alignment,
    beginning,
    dependency_teams,
    effort,
    history,
    inputs_outputs,
    ledger,
    map,
    person,
    planning,
    priority,
    search,
    strategy,
    unit,
)

urlpatterns = [
    path("strategy/", strategy.strategy, name="strategy"),
    path("begin/", beginning.begin, name="begin"),
    path("begin/next/", beginning.begin_next, name="begin-next"),
    path("strategy/choices/", strategy.strategy_choices, name="strategy-choices"),
    path("units/<int:pk>/strategy/", strategy.unit_strategy, name="unit-strategy"),
    path("units/<int:pk>/", unit.unit, name="unit"),
    path("people/<int:pk>/", person.person, name="person"),
    path("priorities/<int:pk>/", priority.priority, name="priority"),
    path("map/", map.alignment_map_page, name="map"),
    path("map/find/", map.map_find, name="map-find"),
    path("map/units/", map.map_units, name="map-units"),
    path("map/csv/", map.map_csv, name="map-csv"),
    path("dependencies/teams/", dependency_teams.dependency_teams, name="dependency-teams"),
    path(
        "dependencies/teams.csv",
        dependency_teams.dependency_teams_csv,
        name="dependency-teams-csv",
    ),
<<<<<<< HEAD
    path("effort/", effort.effort, name="effort"),
    path("people/<int:pk>/effort/", effort.person_effort, name="person-effort"),
    path("effort/flow.csv", effort.effort_flow_csv, name="effort-flow-csv"),
    path("effort/priorities.csv", effort.effort_priorities_csv, name="effort-priorities-csv"),
=======
    path("planning/", planning.planning, name="planning"),
    path("planning/csv/", planning.planning_csv, name="planning-csv"),
    path("planning/figures/", planning.planning_measures, name="planning-figures"),
>>>>>>> 106544f (Say where the planning round of a cycle stands: per unit, what nobody took, how it is negotiated, which plans do not add up)
    path("search/", search.search_page, name="search"),
    path("alignment/", alignment.alignment_page, name="alignment"),
    path("alignment/loose.csv", alignment.loose_csv, name="alignment-loose-csv"),
    path("alignment/stranded.csv", alignment.stranded_csv, name="alignment-stranded-csv"),
    path("alignment/units.csv", alignment.units_csv, name="alignment-units-csv"),
    path("alignment/propose/<int:pk>/", alignment.propose, name="alignment-propose"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/mine/", ledger.ledger_mine, name="ledger-mine"),
    path("ledger/csv/", ledger.ledger_csv, name="ledger-csv"),
    path("inputs-outputs/", inputs_outputs.inputs_outputs_page, name="inputs-outputs"),
    path("inputs-outputs/csv/", inputs_outputs.inputs_outputs_csv, name="inputs-outputs-csv"),
    path("method/", alignment.methods, name="methods"),
    path("method/<slug:slug>/", alignment.method_page, name="method"),
    path("history/<slug:kind>/<int:pk>/", history.history, name="history"),
    path("history/<slug:kind>/<int:pk>/csv/", history.history_csv, name="history-csv"),
]
