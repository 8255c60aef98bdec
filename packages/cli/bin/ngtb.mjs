#!/usr/bin/env node
// The command line is its TypeScript sources, put together when they have changed: what you read is what runs.
import { launch } from '@ngtb/server/launch'

await launch('ngtb')
