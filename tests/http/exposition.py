"""The metrics as a client of Prometheus reads them, by its own parsers."""

import collections

from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as read_openmetrics)
from prometheus_client.parser import (
    text_string_to_metric_families as read_text)

OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}


class Metrics:
    """Samples by name and labels; what is not exported is a KeyError."""

    def __init__(self, families):
        self.families = list(families)
        self.samples = {}
        self.exemplars = {}

        for family in self.families:
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self.samples, f"{key} is there twice"
                self.samples[key] = sample.value

                if sample.exemplar:
                    self.exemplars[key] = sample.exemplar

    def get(self, name, **labels):
        return self.samples["nginx_knn_" + name, frozenset(labels.items())]

    def find(self, name, **labels):
        """[(labels, value)] of all samples that have at least these."""

        return [(dict(has), value)
                for (sample, has), value in self.samples.items()
                if sample == "nginx_knn_" + name
                and frozenset(labels.items()) <= has]

    def sum(self, name, **labels):
        return sum(value for _, value in self.find(name, **labels))

    def by(self, name, label, **labels):
        """{label: value} of those that are not zero."""

        found = collections.Counter()

        for has, value in self.find(name, **labels):
            found[has[label]] += value

        return {key: value for key, value in found.items() if value}


def scrape(server, path="/metrics", openmetrics=False):
    response = server.get(path, OPENMETRICS if openmetrics else None)
    assert response.status == 200, response
    read = read_openmetrics if openmetrics else read_text
    return Metrics(read(response.body.decode()))
