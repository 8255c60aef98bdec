# Compiles the EA with MetaEditor on Windows and fails unless it says 0 errors, 0 warnings.
#
#   powershell -File ea/compile.ps1                                          MetaTrader 5 where its installer puts it
#   powershell -File ea/compile.ps1 -Terminal "D:\MT5" -Data "D:\data"
#
# -Terminal  the folder that holds metaeditor64.exe
# -Data      where a folder MQL5 is put together for the compiler; what is compiled stays there
param(
  [string]$Terminal = "$env:ProgramFiles\MetaTrader 5",
  [string]$Data = (Join-Path ([IO.Path]::GetTempPath()) 'ngtb-ea'),
  [int]$Minutes = 5
)
$ErrorActionPreference = 'Stop'

$editor = Join-Path $Terminal 'metaeditor64.exe'
if (-not (Test-Path $editor)) { throw "$editor is not there. Give the folder of MetaTrader 5: -Terminal DIR" }

$mql5 = Join-Path $Data 'MQL5'
foreach ($part in 'Experts', 'Include') {
  New-Item -ItemType Directory -Force (Join-Path $mql5 $part) | Out-Null
  Copy-Item -Recurse -Force (Join-Path $PSScriptRoot "$part\*") (Join-Path $mql5 $part)
}
$source = Join-Path $mql5 'Experts\NgTradingBot.mq5'
$log = Join-Path $Data 'compile.log'
Remove-Item -Force -ErrorAction SilentlyContinue $log, ([IO.Path]::ChangeExtension($source, 'ex5'))

# Its exit code counts files, not mistakes: the log is what says how it went.
$run = Start-Process $editor -PassThru -ArgumentList "/compile:`"$source`"", "/inc:`"$mql5`"", "/log:`"$log`""
if (-not $run.WaitForExit($Minutes * 60000)) {
  $run.Kill()
  throw "MetaEditor did not end within $Minutes minutes"
}
if (-not (Test-Path $log)) { throw 'MetaEditor wrote no log: does it run in this session at all?' }
$said = Get-Content -Encoding Unicode $log
$said | Write-Output
if (-not ($said -match '(?i)result:?\s+0 errors,? 0 warnings')) { throw 'MetaEditor found something: see above' }
