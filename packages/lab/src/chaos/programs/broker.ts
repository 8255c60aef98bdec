import { obey } from './program.ts'

obey({})
