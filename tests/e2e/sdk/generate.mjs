// Asks reports one by one, one by one with types, and all at once. Standard input: report id -> its input.
import { readFileSync } from 'node:fs'
import { outcome, print, reports } from './client.mjs'

const report = reports()
const asked = JSON.parse(readFileSync(0, 'utf8'))
const alone = {}
const typed = {}

for (const [id, input] of Object.entries(asked)) {
  alone[id] = await outcome(report.generate(id, input))
  typed[id] = await outcome(report.generateTyped(id, input))
}

print({ alone, typed, batch: await outcome(report.generateBatch(asked)) })
