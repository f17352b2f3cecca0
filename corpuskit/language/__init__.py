"""The language of a text, as a BCP 47 tag."""

from corpuskit.language.identify import UNDETERMINED, Language, identify
from corpuskit.language.wrong_language import WrongLanguage

__all__ = ["UNDETERMINED", "Language", "WrongLanguage", "identify"]
