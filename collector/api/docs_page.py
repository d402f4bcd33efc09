"""The OpenAPI document as one HTML page: no script, nothing loaded, readable on a phone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """\
body{font:16px/1.5 system-ui,"Noto Sans CJK JP","Hiragino Sans",sans-serif;margin:0 auto;
max-width:60rem;padding:1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .3rem;border-top:1px solid #ccc;
padding-top:1rem}code{background:#f0f3f6;padding:.1em .3em;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{border-bottom:1px solid #ddd;
padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}
summary{cursor:pointer;color:#0b5394}
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'"
"""The page's content policy: nothing but its own style."""
_MOST_LEVELS = 4


def docs_page(document: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document."""
    info = document["info"]
    about = "".join(f"<p>{_marked(part)}</p>" for part in info["description"].split("\n\n"))
    body = "".join(_operation(path, methods["get"]) for path, methods in document["paths"].items())
    title = escape(info["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>{about}"
        f'<p>The same for programs: <a href="openapi.json">openapi.json</a></p>{body}</body></html>'
    )


def _operation(path: str, told: Mapping[str, Any]) -> str:
    about = escape(told.get("description", ""))
    return (
        f"<h2>{escape(told['summary'])}</h2><p><code>GET {escape(path)}</code></p><p>{about}</p>"
        f"{_parameters(told.get('parameters', ()))}{_answers(told['responses'])}"
    )


def _parameters(told: Any) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(item['name'])}</code></td><td>{escape(item['in'])}"
        f"{', needed' if item.get('required') else ''}</td><td>{_about(item)}</td></tr>"
        for item in told
    )
    return f"<table><tr><th>name</th><th>where</th><th>what</th></tr>{rows}</table>" if rows else ""


def _about(item: Mapping[str, Any]) -> str:
    examples = item.get("examples") or item.get("schema", {}).get("examples") or ()
    like = f" <code>{escape(str(examples[0]))}</code>" if examples else ""
    return escape(item.get("description", "")) + like


def _answers(told: Mapping[str, Any]) -> str:
    content = told["200"]["content"]
    forms = ", ".join(f"<code>{escape(media)}</code>" for media in content)
    rows = "".join(_fields(content["application/json"]["schema"], "", 1))
    others = ", ".join(
        f"{status} {escape(answer['description'])}"
        for status, answer in sorted(told.items())
        if status != "200"
    )
    table = f"<table><tr><th>field</th><th>type</th><th>what</th></tr>{rows}</table>"
    return f"<details><summary>Answer ({forms})</summary>{table}</details><p>{others}</p>"


def _fields(schema: Mapping[str, Any], before: str, level: int) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        kind = field.get("type", "")
        kinds = kind if isinstance(kind, str) else " or ".join(kind)
        yield (
            f"<tr><td><code>{escape(before + name)}</code></td><td>{escape(kinds)}</td>"
            f"<td>{_about(field)}</td></tr>"
        )
        if level < _MOST_LEVELS:
            inner = field.get("items", field)
            more = "[]." if "items" in field else "."
            yield from _fields(inner, before + name + more, level + 1)


def _marked(text: str) -> str:
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))
