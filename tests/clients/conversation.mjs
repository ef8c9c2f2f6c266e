// How a client talks to the test that runs it: the test is the browser. One line out, "open URL"; one line back, where
// the browser ended. What the client is comes in the environment.
import { createInterface } from 'node:readline'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

export const registered = JSON.parse(process.env.CLIENT)

export async function browse(url) {
  console.log(`open ${url.href}`)
  return new URL((await lines.next()).value)
}

export function done(found) {
  console.log(`done ${JSON.stringify(found)}`)
  process.exit(0)
}
