// Compiles values as literals of types: a literal may have no field that its type does not have.
// Standard input: name -> (type -> value). Prints what the compiler has against each name, and against exact.ts.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import ts from 'typescript'
import { print } from './client.mjs'

const imports = `
import type { PlatformReportListItem, PlatformReportListStreamType } from '@chatbotkit/sdk/platform/report/v1.js'
import type { ReportId, ReportInputTypes, ReportOutputTypes } from '@chatbotkit/sdk/types/report.js'
import type { Exact } from '../exact.js'
`
const folder = mkdtempSync('checked-')
const files = { exact: 'exact.ts' }

for (const [name, values] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  const literals = Object.entries(values).map(
    ([type, value], at) => `export const value${at}: ${type} = ${JSON.stringify(value)}\n`
  )
  files[name] = `${folder}/${name}.ts`
  writeFileSync(files[name], imports + literals.join(''))
}

const program = ts.createProgram(Object.values(files), {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  types: [],
})
const said = ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')
const everywhere = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()].map(said)
const against = (file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(said)

print(Object.fromEntries(Object.entries(files).map(([name, file]) => [name, [...everywhere, ...against(file)]])))
