// A process for the tests that prepares the binaries, in competition with another one.

import { prepareBinaries } from '../../src/storage/embedded/binaries.ts'
import { chooseRunAs } from '../../src/storage/embedded/run-as.ts'

const [native = '', version = '', shelf = ''] = process.argv.slice(2)
const prepared = prepareBinaries({ native, version }, chooseRunAs(null), shelf, () => {}, shelf)
console.log(JSON.stringify(prepared))
