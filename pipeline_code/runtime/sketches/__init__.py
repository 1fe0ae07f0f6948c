"""Mergeable statistics of data of any size: one pass over batches or shards.

Each statistic has `update(values)` for a batch and `merge(other)` for another part of the rows.
Transforms of a flow are fitted from them, and analyses of data consist of them. No result depends
on chance: all random choices have fixed seeds.

| statistic | the result for one part and for many parts, in any order |
|---|---|
| `Moments`, `GroupedMoments`: count, sum, least, most, mean, variance | equal, bit for bit |
| `Quantiles`: quantiles and shares of numbers, within their stated error | equal, bit for bit |
| `Categories`, `WordCounts`: exact counts; too many values are an error | equal, bit for bit |
| `ValueCounts`: the most frequent values, within their stated error | equal while they are exact |
| `DistinctValues`: distinct and repeated values, within their stated error | equal, bit for bit |
| `RowSample`: rows for what needs rows | another sample of the same size |

`ColumnSketch` and `TableSketch` combine them for the columns of a table. This package imports none
of its modules, because the hosting code of a model contains only those that its flow needs.
"""
