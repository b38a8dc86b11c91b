"""Addresses of strategies, priorities, weights, trade-offs and KPIs. The page of the strategy is the insights'."""

from django.urls import path

from goldenthread.strategy.views import (
    expected_results,
    kpi_list,
    kpis,
    priorities,
    strategies,
    trade_offs,
    weights,
)

urlpatterns = [
    path("strategy/new/", strategies.strategy_new, name="strategy-new"),
    path("strategy/<int:pk>/edit/", strategies.strategy_edit, name="strategy-edit"),
    path("strategy/<int:pk>/in-force/", strategies.strategy_force, name="strategy-force"),
    path("strategy/<int:pk>/end/", strategies.strategy_end, name="strategy-end"),
    path("strategy/<int:pk>/priorities/", priorities.priorities, name="priorities"),
    path("strategy/<int:pk>/priorities/csv/", priorities.priorities_csv, name="priorities-csv"),
    path("strategy/<int:pk>/priorities/new/", priorities.priority_new, name="priority-new"),
    path(
        "strategy/<int:pk>/priorities/confirm/",
        priorities.priorities_confirm,
        name="priorities-confirm",
    ),
    path(
        "strategy/<int:pk>/priorities/order/", priorities.priorities_order, name="priorities-order"
    ),
    path("strategy/<int:pk>/weights/", weights.weights, name="weights"),
    path("strategy/<int:pk>/trade-offs/", trade_offs.trade_offs, name="trade-offs"),
    path("strategy/<int:pk>/trade-offs/csv/", trade_offs.trade_offs_csv, name="trade-offs-csv"),
    path("trade-offs/<int:pk>/edit/", trade_offs.trade_off_edit, name="trade-off-edit"),
    path("trade-offs/<int:pk>/remove/", trade_offs.trade_off_remove, name="trade-off-remove"),
    path("priorities/<int:pk>/edit/", priorities.priority_edit, name="priority-edit"),
    path("priorities/<int:pk>/confirm/", priorities.priority_confirm, name="priority-confirm"),
    path("priorities/<int:pk>/sponsor/", priorities.priority_hand, name="priority-hand"),
    path("priorities/<int:pk>/drop/", priorities.priority_drop, name="priority-drop"),
    path("priorities/<int:pk>/results/", expected_results.result_add, name="result-add"),
    path("results/<int:pk>/edit/", expected_results.result_edit, name="result-edit"),
    path("results/<int:pk>/kpi/", expected_results.result_measure, name="result-measure"),
    path("results/<int:pk>/remove/", expected_results.result_remove, name="result-remove"),
    path("kpis/", kpi_list.kpis, name="kpis"),
    path("kpis/csv/", kpi_list.kpis_csv, name="kpis-csv"),
    path("kpis/pick/", kpi_list.kpis_pick, name="kpis-pick"),
    path("kpis/new/", kpis.kpi_new, name="kpi-new"),
    path("kpis/<int:pk>/", kpis.kpi, name="kpi"),
    path("kpis/<int:pk>/values.csv", kpis.kpi_values_csv, name="kpi-values-csv"),
    path("kpis/<int:pk>/edit/", kpis.kpi_edit, name="kpi-edit"),
    path("kpis/<int:pk>/confirm/", kpis.kpi_confirm, name="kpi-confirm"),
    path("kpis/<int:pk>/retire/", kpis.kpi_retire, name="kpi-retire"),
    path("kpis/<int:pk>/values/", kpis.kpi_observe, name="kpi-observe"),
    path("kpis/<int:pk>/targets/", kpis.kpi_target, name="kpi-target"),
    path("targets/<int:pk>/remove/", kpis.target_remove, name="target-remove"),
    path("values/<int:pk>/correct/", kpis.observation_correct, name="observation-correct"),
]
