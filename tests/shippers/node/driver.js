// Logs each line of its standard input with the logger that a file sets up. Usage: node driver.js logger.mjs
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const { logger, end } = await import(pathToFileURL(process.argv[2]))
for await (const line of createInterface({ input: process.stdin })) logger.info(line)
await end?.()
// Nothing here ends the process: it has to end by itself once all is sent.
