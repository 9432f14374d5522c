"""The client of the service. `weryai.WeryAIClient` is the way in; only `wire` knows an HTTP library."""
