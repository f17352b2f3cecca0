"""corpuskit: clean dirty web pages into a corpus in which every character is accounted for.

>>> import corpuskit
>>> done = corpuskit.clean_text("首页 > 正文\\n桥修好了，河上又能走人，两岸的人都来看。\\n", url="https://a.example/1")
>>> done.records[0]["text"], done.records[0]["metadata"]["url"]
('桥修好了，河上又能走人，两岸的人都来看。', 'https://a.example/1')
>>> [(line["rule"], line["before"]) for line in done.ledger]
[('page_chrome.crumbs', ['首页 > 正文\\n'])]

``run`` cleans files and folders into an output folder, ``Pipeline`` many texts one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Cleaned", "Config", "Pipeline", "__version__", "clean_text", "load_config", "run"]

if TYPE_CHECKING:
    from corpuskit.config import Config
    from corpuskit.config import load as load_config
    from corpuskit.pipeline import Cleaned, Pipeline
    from corpuskit.runner import run

_LAZY = {
    "Cleaned": ("corpuskit.pipeline", "Cleaned"),
    "Config": ("corpuskit.config", "Config"),
    "Pipeline": ("corpuskit.pipeline", "Pipeline"),
    "load_config": ("corpuskit.config", "load"),
    "run": ("corpuskit.runner", "run"),
}


def clean_text(text: str, config: Config | None = None, **metadata: Any) -> Cleaned:
    """Clean one text: its records and its ledger lines, as a run would write them.

    ``metadata`` is what is known of the page: url, date, title, author, site. For many texts with one config, a
    ``Pipeline`` is quicker.
    """
    from corpuskit.config import Config
    from corpuskit.pipeline import Pipeline

    return Pipeline(config or Config()).clean_text(text, **metadata)


def __getattr__(name: str) -> Any:
    # numpy and the stages take half a second to import; --help and --version need none of it
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _LAZY[name]
    globals()[name] = value = getattr(import_module(module), attribute)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
