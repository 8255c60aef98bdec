#!/usr/bin/env node
// The command line runs the TypeScript sources as they are: what you read is what runs.
import { register } from 'tsx/esm/api'

register()
await import('../src/main.ts')
