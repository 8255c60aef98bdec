import { build } from 'esbuild'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
await build({ entryPoints:['packages/lab/src/sim/_p.ts'], outfile:'node_modules/.cache/simp.mjs', bundle:true, platform:'node', format:'esm', target:'node20',
 plugins:[{name:'x', setup(b){ b.onResolve({filter:/^[^.\/]/}, (a)=> a.kind==='entry-point'||a.path.startsWith('@ngtb/')?undefined:{path:a.path, external:true}); b.onLoad({filter:/packages\/[^/]+\/src\/.*\.ts$/},({path})=>({contents:readFileSync(path,'utf8').replaceAll('import.meta.url',JSON.stringify(pathToFileURL(path).href)),loader:'ts'})) }}]})
