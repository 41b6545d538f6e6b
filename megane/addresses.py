"""Where the catalog's endpoints really are: the settings' addresses with the secrets from their files."""

from collections.abc import Mapping, Sequence

from administration.ports import Address
from administration.signature import Secret
from megane.settings import EndpointSettings, read_secret


class SettingsAddresses:
    """Implements `administration.ports.Addresses`."""

    def __init__(self, addresses: Mapping[str, Address]) -> None:
        self._addresses = addresses

    def address(self, endpoint: str) -> Address | None:
        """None where the settings name none."""
        return self._addresses.get(endpoint)


def read_addresses(endpoints: Mapping[str, EndpointSettings]) -> SettingsAddresses:
    """The addresses of `[endpoints.…]`. Raises a UserError naming the setting or the secret's file."""
    return SettingsAddresses(
        {
            name: Address.of(each.url, _secrets(each.secret_files), origin=f"endpoints.{name}")
            for name, each in endpoints.items()
        }
    )


def heartbeat_addresses(urls: Sequence[str], secret_files: Sequence[str]) -> tuple[Address, ...]:
    """The addresses of `[heartbeat]`, all signed alike."""
    secrets = _secrets(secret_files)
    return tuple(Address.of(url, secrets, origin=f"heartbeat.urls[{i}]") for i, url in enumerate(urls))


def _secrets(files: Sequence[str]) -> tuple[Secret, ...]:
    return tuple(Secret.parse(read_secret(file), origin=file) for file in files)
