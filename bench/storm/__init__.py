"""A storm of alerts: 10,000 on 1,000 subjects within a minute, while a third of the endpoints is slow, dead or ill."""
