// The list of reports: whole, as a stream, upside down, and page by page until a page is empty.
import { collect, print, reports } from './client.mjs'

const report = reports()

const { items } = await report.list()
const streamed = await collect(report.list().stream())
const ascending = await report.list({ order: 'asc', meta: { app: 'any' } })

const pages = []
let cursor
do {
  const page = await report.list({ take: 5, cursor })
  pages.push(page.items)
  cursor = page.items.at(-1)?.id
} while (cursor)

print({ items, streamed, ascending: ascending.items, pages })
