// A thread begins from source, as the house does (adr 0003): loaders are not handed on to it.
import { register } from 'tsx/esm/api'

register()
await import('./thread.ts')
