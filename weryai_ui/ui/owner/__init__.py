"""The owner's page: what happened, what it cost, and the switch that stops spending."""
