// Every call with a key that is wrong, and without one.
import { collect, outcome, print, reports } from './client.mjs'

const refused = {}

for (const secret of ['wrong', '']) {
  const report = reports(secret)
  refused[secret || 'none'] = {
    list: await outcome(report.list()),
    stream: await outcome(collect(report.list().stream())),
    generate: await outcome(report.generate('any', {})),
    generateBatch: await outcome(report.generateBatch({})),
  }
}

print(refused)
