"""Write a configuration that reads well."""

import tomlkit

from prisma_combine.config.table import Target
from prisma_combine.schema.format import OWN, Format

_WIDE = 90


def written(target: Target) -> str:
    """Return the text of a `[[schema]]` table."""
    keys = ("output", "directory", "files", "exclude", "command")
    lines = ["[[schema]]", *(f"{key} = {_value(getattr(target, key) or ())}" for key in keys)]
    form = target.format._asdict()
    said = {
        key.replace("_", "-"): form[key] for key in form if form[key] != Format()._asdict()[key]
    }
    said |= {f"headers.{_value(name)}": text for name, text in said.pop("headers", {}).items()}
    if target.format != OWN:
        lines += ["", "[schema.format]"]
        lines += [f"{key} = {_value(value)}" for key, value in (said or {"separator": ""}).items()]
    return "".join(f"{line}\n" for line in lines if not line.endswith(" = []"))


def _value(value: object) -> str:
    """Return a value; a string in lines as they are, if it has several."""
    if isinstance(value, tuple):
        entries = [_value(entry) for entry in value]
        line = f"[{', '.join(entries)}]"
        lines = "".join(f"    {entry},\n" for entry in entries)
        return line if len(line) <= _WIDE else f"[\n{lines}]"
    text = str(value)
    is_plain = text.replace("\t", " ").replace("\n", " ").isprintable() and "'''" not in f"{text}'"
    is_long = "\n" in text.strip("\n") and is_plain
    return f"'''\n{text}'''" if is_long else tomlkit.item(value).as_string()
