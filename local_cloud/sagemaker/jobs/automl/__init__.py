"""AutoML jobs: a search over kinds of models. Source: CreateAutoMLJob."""
