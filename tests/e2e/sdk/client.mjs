// The client as its users make it, with nothing but a key and the address of the server.
import { ChatBotKit } from '@chatbotkit/sdk'

export function reports(secret = process.env.SECRET) {
  return new ChatBotKit({ secret, baseUrl: process.env.BASE_URL }).platform.report
}

/** What a call came to: its answer, or how it failed. */
export async function outcome(call) {
  try {
    return { answer: await call }
  } catch ({ name, code, message }) {
    return { failure: { name, code, message } }
  }
}

export async function collect(stream) {
  const lines = []
  for await (const line of stream) lines.push(line)
  return lines
}

export function print(result) {
  console.log(JSON.stringify(result))
}
