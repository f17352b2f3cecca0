"""A Parquet file written again without its duplicates, in the same schema."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corpuskit.deduplicate.corpora import Corpus, batches
from corpuskit.deduplicate.gathered import RECORD
from corpuskit.write.atomic import sync_folder
from corpuskit.write.jsonl import FileEntry, PartWriter

if TYPE_CHECKING:
    from corpuskit.deduplicate.rewriting import Pastings, Rewriter

_ROW_GROUP = 64 << 20


class Table:
    """One Parquet file without its duplicates, in the same schema."""

    def __init__(
        self, rewriter: Rewriter, corpus: Corpus, statuses: bytearray, at: int, pastes: Pastings, table: PartWriter
    ) -> None:
        self._rewriter, self._corpus, self._pastes, self._table = rewriter, corpus, pastes, table
        self._statuses = np.frombuffer(statuses, np.uint8)
        records = np.cumsum(self._statuses == RECORD) - 1 + at
        self._records = np.where(self._statuses == RECORD, records, -1)

    def write(self, path: Path) -> FileEntry:
        """Write what stays into a file of its own."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path.parent.mkdir(exist_ok=True)
        held: list[Any] = []
        schema = pq.read_schema(self._corpus.path)
        with pq.ParquetWriter(path, schema, compression=_codec(self._corpus.path)) as writer:
            for batch in self._batches():
                held.append(batch)
                if sum(part.nbytes for part in held) >= _ROW_GROUP:
                    writer.write_table(pa.Table.from_batches(held, schema))
                    held = []
            if held:
                writer.write_table(pa.Table.from_batches(held, schema))
        return _entry(path, int(pq.read_metadata(path).num_rows))

    def _batches(self) -> Iterator[Any]:
        import pyarrow as pa

        at = 0
        try:
            for batch in batches(self._corpus):
                records = self._records[at : at + batch.num_rows]
                batch = self._edited(batch.slice(0, records.size), records)
                yield batch.filter(pa.array(self._stays(records)))
                at += records.size
        except OSError:
            # what could be read before is all there is; the first reading has said so
            return

    def _stays(self, records: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        stays = np.ones(records.size, np.bool_)
        known = records >= 0
        stays[known] = ~self._rewriter.gone[records[known]]
        return stays

    def _edited(self, batch: Any, records: npt.NDArray[np.int64]) -> Any:
        import pyarrow as pa

        found = {at: pastes for at, row in enumerate(records.tolist()) if row >= 0 and (pastes := self._pastes.of(row))}
        name = self._rewriter.text_field
        column = batch.schema.get_field_index(name)
        if not found or column < 0:
            return batch
        texts = batch.column(column).to_pylist()
        for at, pastes in found.items():
            if not self._rewriter.gone[records[at]]:
                left = self._rewriter.pasted(int(records[at]), texts[at], pastes, self._table)
                texts[at] = texts[at] if left is None else left
        field_ = batch.schema.field(column)
        return batch.set_column(column, field_, pa.array(texts, field_.type))


def _codec(path: Path) -> str:
    """Return how the first column of a Parquet file is packed."""
    import pyarrow.parquet as pq

    about = pq.read_metadata(path)
    name = about.row_group(0).column(0).compression if about.num_row_groups and about.num_columns else "SNAPPY"
    return "NONE" if name == "UNCOMPRESSED" else str(name)


def _entry(path: Path, rows: int) -> FileEntry:
    digest = hashlib.sha256()
    with path.open("rb+") as file:
        while block := file.read(1 << 20):
            digest.update(block)
        os.fsync(file.fileno())
    sync_folder(path.parent)
    return FileEntry(path.name, digest.hexdigest(), path.stat().st_size, rows)
