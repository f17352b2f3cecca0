"""From bytes to text: which charset, how sure, and whether the text gives its bytes back."""

from corpuskit.decode.charset import Decoded, decode
from corpuskit.decode.declared import codec_of, declared_charset

__all__ = ["Decoded", "codec_of", "declared_charset", "decode"]
