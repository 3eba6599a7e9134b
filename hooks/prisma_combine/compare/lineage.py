"""The known versions of the sources, and the text around their sections."""

from typing import NamedTuple

from prisma_combine.schema.format import Format


class Lineage(NamedTuple):
    """The bodies that one source has had, trimmed as the format says."""

    name: str
    """relative to the schema's directory"""
    now: str | None
    """None when it isn't a source any more"""
    earlier: tuple[str, ...] = ()
    """other bodies, newest first; an empty one stands for a commit without the file"""
    written: str | None = None
    """what prisma-combine itself last made of it in this work tree, if that is known"""

    @property
    def versions(self) -> tuple[str, ...]:
        """Every known body, today's first."""
        return self.earlier if self.now is None else (self.now, *self.earlier)


class Frame(NamedTuple):
    """The text around the sections of a combined file."""

    form: Format
    directory: str

    @property
    def banner(self) -> str:
        """The text at the top, wildcards not filled in."""
        return self.form.banner.replace("{directory}", self.directory)

    def filled(self, banner: str, footer: str) -> "Frame":
        """Return a frame with what the wildcards of banner and footer stand for."""
        return self._replace(form=self.form._replace(banner=banner, footer=footer))

    def header(self, name: str, *, first: bool) -> str:
        """Return the text directly before a section's body."""
        return self.form.header_for(name, self.directory, first=first)

    def between(self, name: str) -> str:
        """Return the text between the section above and a section's body."""
        return self.form.separator + self.header(name, first=False)
