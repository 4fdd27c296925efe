"""PURE  Telegram's HTML and its keyboards, read as strictly as Telegram reads them.

Source: Telegram Bot API, "Formatting options", and the wording of tdlib's MessageEntity.cpp.
Offsets and lengths of entities count UTF-16 code units, offsets in messages count bytes.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from bot.sandbox.refusals import refuse_bot

_ENTITY_OF_TAG: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}

_CHARACTER = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);")
_TAG_NAME = re.compile(r"</?([^\s>]*)\s*")
_ATTRIBUTE = re.compile(r"""([^\s=>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.-]+)))?\s*""")
_COMMAND = re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?!\w)")
_MENTION = re.compile(r"(?<![\w/@])@[A-Za-z0-9_]{4,32}(?!\w)")
_WEB_ADDRESS = re.compile(r"(?:https?|tg)://[^\s]+")

_DETECTED: Final = {"bot_command": _COMMAND, "mention": _MENTION, "url": _WEB_ADDRESS}

MAX_TEXT: Final = 4096
MAX_CAPTION: Final = 1024
"""UTF-16 code units; the tags are not counted. Source: Telegram Bot API, sendMessage, sendPhoto."""

Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FormattedText:
    """Hold plain text, and which stretches of it are formatted how."""

    text: str
    entities: tuple[Entity, ...] = ()

    def as_fields(self, name: str) -> dict[str, Any]:
        """Give the fields of a message that hold it, as its ``text`` or its ``caption``."""
        if not self.text:
            return {}
        key = "entities" if name == "text" else "caption_entities"
        return {name: self.text} | ({key: list(self.entities)} if self.entities else {})


def count_units(text: str) -> int:
    """Give the length of a text in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def detect_entities(formatted: FormattedText) -> FormattedText:
    """Add an entity for each bot command, mention and web address, as Telegram does by itself.

    Nothing is added inside code or a link, nor across the edge of what is formatted already.
    """
    found = [
        _detected(kind, match, formatted.text)
        for kind, pattern in _DETECTED.items()
        for match in pattern.finditer(formatted.text)
    ]
    added = [new for new in found if all(_fits(new, old) for old in formatted.entities)]
    return FormattedText(formatted.text, _in_order([*formatted.entities, *added]))


def _detected(kind: str, match: re.Match[str], text: str) -> Entity:
    """Give the entity of something detected in a text."""
    first = count_units(text[: match.start()])
    return {"type": kind, "offset": first, "length": count_units(match.group())}


def _fits(new: Entity, old: Entity) -> bool:
    """Tell whether a detected entity may stand beside, or within, a formatted one."""
    new_end, old_end = new["offset"] + new["length"], old["offset"] + old["length"]
    if new_end <= old["offset"] or old_end <= new["offset"]:
        return True
    is_within = old["offset"] <= new["offset"] and new_end <= old_end
    return is_within and old["type"] not in {"code", "pre", "text_link"}


def _in_order(entities: list[Entity]) -> tuple[Entity, ...]:
    """Sort entities so that each comes before what it holds."""
    return tuple(sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])))


def parse_html(source: str) -> FormattedText:
    """Read Telegram's HTML.

    Raises:
        BotApiError: if Telegram would refuse it: a tag it does not know, a bare ``<``, …
    """
    reader = _Reader(source)
    while reader.position < len(source):
        reader.read_next()
    if reader.open_tags:
        _refuse(f'Can\'t find end tag corresponding to start tag "{reader.open_tags[-1].tag}"')
    return _strip("".join(reader.plain), reader.entities)


@dataclass(frozen=True, slots=True)
class _OpenTag:
    """Hold a tag that waits for its end, and the entity that it will be."""

    tag: str
    entity: Entity | None


@dataclass(slots=True)
class _Reader:
    """Walk once through the source."""

    source: str
    position: int = 0
    units: int = 0
    plain: list[str] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    open_tags: list[_OpenTag] = field(default_factory=list)

    def read_next(self) -> None:
        """Read one tag, one character reference, or the text up to the next of them."""
        if self.source.startswith("</", self.position):
            self._read_end_tag()
        elif self.source[self.position] == "<":
            self._read_start_tag()
        elif found := _CHARACTER.match(self.source, self.position):
            self._append(html.unescape(found.group()), found.end())
        else:
            found = re.compile(r"[<&]").search(self.source, self.position + 1)
            end = found.start() if found else len(self.source)
            self._append(self.source[self.position : end], end)

    def _append(self, text: str, end: int) -> None:
        """Add plain text that was read up to ``end``."""
        self.plain.append(text)
        self.units += count_units(text)
        self.position = end

    def _read_start_tag(self) -> None:
        """Read ``<tag attribute=value>``."""
        where = self._byte_offset()
        name, position = self._read_name("start", where)
        if name not in _ENTITY_OF_TAG:
            _refuse(f'Unsupported start tag "{name}" at byte offset {where}')
        attributes: dict[str, str] = {}
        while not self.source.startswith(">", position):
            found = _ATTRIBUTE.match(self.source, position)
            if found is None:
                _refuse(f"Unclosed start tag at byte offset {where}")
            attributes[found[1].lower()] = html.unescape(found[2] or found[3] or found[4] or "")
            position = found.end()
        self.open_tags.append(_OpenTag(name, self._begin_entity(name, attributes, where)))
        self.position = position + 1

    def _read_end_tag(self) -> None:
        """Read ``</tag>`` and finish its entity; an entity without text is none."""
        where = self._byte_offset()
        if not self.open_tags:
            _refuse(f"Unexpected end tag at byte offset {where}")
        name, position = self._read_name("end", where)
        opened = self.open_tags.pop()
        if name not in ("", opened.tag):
            wanted, found = f"</{opened.tag}>", f"</{name}>"
            _refuse(
                f'Unmatched end tag at byte offset {where}, expected "{wanted}", found "{found}"'
            )
        if not self.source.startswith(">", position):
            _refuse(f"Unclosed end tag at byte offset {where}")
        self.position = position + 1
        if opened.entity is not None and self.units > opened.entity["offset"]:
            opened.entity["length"] = self.units - opened.entity["offset"]
            self.entities.append(opened.entity)

    def _read_name(self, kind: str, where: int) -> tuple[str, int]:
        """Give the name of the tag here, and where its attributes begin."""
        found = _TAG_NAME.match(self.source, self.position)
        if found is None or found.end() == len(self.source):
            _refuse(f"Unclosed {kind} tag at byte offset {where}")
        return found[1].lower(), found.end()

    def _begin_entity(self, tag: str, attributes: dict[str, str], where: int) -> Entity | None:
        """Give the entity that a tag begins, or None where Telegram shows plain text instead."""
        entity: Entity = {"type": _ENTITY_OF_TAG[tag], "offset": self.units}
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            _refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        if tag == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        if tag == "a":
            if not _WEB_ADDRESS.fullmatch(attributes.get("href", "")):
                return None
            entity["url"] = attributes["href"]
        return entity

    def _byte_offset(self) -> int:
        """Give the position in bytes, as Telegram's messages do."""
        return len(self.source[: self.position].encode("utf-8", "surrogatepass"))


def _strip(text: str, entities: list[Entity]) -> FormattedText:
    """Drop the white space around a text, as Telegram does, and move the entities along."""
    stripped = text.strip()
    skipped = count_units(text[: len(text) - len(text.lstrip())])
    end = count_units(stripped)
    kept = []
    for entity in entities:
        first = max(entity["offset"] - skipped, 0)
        last = min(entity["offset"] - skipped + entity["length"], end)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return FormattedText(stripped, _in_order(kept))


def _refuse(reason: str) -> NoReturn:
    """Refuse a text that cannot be read."""
    refuse_bot(f"can't parse entities: {reason}")
