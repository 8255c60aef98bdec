// api_const.h — the constants of MQL5 that are not members of an enumeration, error codes and retcodes.
#pragma once
#include "lang_core.h"

#define INVALID_HANDLE (-1)
#define WHOLE_ARRAY (-1)
#define WRONG_VALUE mql::wrong_value
#define CP_ACP 0
#define CP_UTF7 65000
#define CP_UTF8 65001
#define CHAR_MIN (-128)
#define CHAR_MAX 127
#define UCHAR_MAX 255
#define SHORT_MIN (-32768)
#define SHORT_MAX 32767
#define USHORT_MAX 65535
#define INT_MIN (-2147483647 - 1)
#define INT_MAX 2147483647
#define UINT_MAX 4294967295u
#define LONG_MIN (-9223372036854775807L - 1)
#define LONG_MAX 9223372036854775807L
#define ULONG_MAX 18446744073709551615uL
#define DBL_MAX 1.7976931348623158e+308
#define DBL_MIN 2.2250738585072014e-308
#define DBL_EPSILON 2.2204460492503131e-016
#define DBL_DIG 15
#define EMPTY_VALUE DBL_MAX
#define FILE_READ 1
#define FILE_WRITE 2
#define FILE_BIN 4
#define FILE_CSV 8
#define FILE_TXT 16
#define FILE_ANSI 32
#define FILE_UNICODE 64
#define FILE_SHARE_READ 128
#define FILE_SHARE_WRITE 256
#define FILE_REWRITE 512
#define FILE_COMMON 4096
#define TIME_DATE 1
#define TIME_MINUTES 2
#define TIME_SECONDS 4
#define COPY_TICKS_INFO 1u
#define COPY_TICKS_TRADE 2u
#define COPY_TICKS_ALL 3u
#define TICK_FLAG_BID 2
#define TICK_FLAG_ASK 4
#define TICK_FLAG_LAST 8
#define TICK_FLAG_VOLUME 16
#define TICK_FLAG_BUY 32
#define TICK_FLAG_SELL 64
#define SYMBOL_FILLING_FOK 1
#define SYMBOL_FILLING_IOC 2
#define SYMBOL_FILLING_BOC 4
#define SYMBOL_EXPIRATION_GTC 1
#define SYMBOL_EXPIRATION_DAY 2
#define SYMBOL_EXPIRATION_SPECIFIED 4
#define SYMBOL_EXPIRATION_SPECIFIED_DAY 8
#define SYMBOL_ORDER_MARKET 1
#define SYMBOL_ORDER_LIMIT 2
#define SYMBOL_ORDER_STOP 4
#define SYMBOL_ORDER_STOP_LIMIT 8
#define SYMBOL_ORDER_SL 16
#define SYMBOL_ORDER_TP 32
#define SYMBOL_ORDER_CLOSEBY 64
#define REASON_PROGRAM 0
#define REASON_REMOVE 1
#define REASON_RECOMPILE 2
#define REASON_CHARTCHANGE 3
#define REASON_CHARTCLOSE 4
#define REASON_PARAMETERS 5
#define REASON_ACCOUNT 6
#define REASON_TEMPLATE 7
#define REASON_INITFAILED 8
#define REASON_CLOSE 9
#define CHARTEVENT_KEYDOWN 0
#define CHARTEVENT_CUSTOM 1000
#define SOCKET_DEFAULT 0u
#define M_PI 3.14159265358979323846
#define FLT_MAX 3.402823466e+38F
#define FLT_MIN 1.175494351e-38F
#define FLT_EPSILON 1.192092896e-07F
#define M_E 2.71828182845904523536
#define M_LN2 0.693147180559945309417
#define M_LN10 2.30258509299404568402
#define M_SQRT2 1.41421356237309504880
#define CHARTEVENT_MOUSE_MOVE 10
#define CHARTEVENT_OBJECT_CREATE 7
#define CHARTEVENT_OBJECT_CHANGE 8
#define CHARTEVENT_OBJECT_DELETE 6
#define CHARTEVENT_CLICK 4
#define CHARTEVENT_OBJECT_CLICK 1
#define CHARTEVENT_OBJECT_DRAG 2
#define CHARTEVENT_OBJECT_ENDEDIT 3
#define CHARTEVENT_CHART_CHANGE 9
#define CHARTEVENT_CUSTOM_LAST 66534
#define OBJ_NO_PERIODS 0
#define OBJ_ALL_PERIODS 0x001fffff
#define CLR_NONE mql::color(-1)

namespace mql {
// GetLastError()
inline constexpr int ERR_SUCCESS = 0;
inline constexpr int ERR_INTERNAL_ERROR = 4001;
inline constexpr int ERR_WRONG_INTERNAL_PARAMETER = 4002;
inline constexpr int ERR_INVALID_PARAMETER = 4003;
inline constexpr int ERR_NOT_ENOUGH_MEMORY = 4004;
inline constexpr int ERR_STRUCT_WITHOBJECTS_ORCLASS = 4005;
inline constexpr int ERR_INVALID_ARRAY = 4006;
inline constexpr int ERR_ARRAY_RESIZE_ERROR = 4007;
inline constexpr int ERR_INVALID_DATETIME = 4010;
inline constexpr int ERR_FUNCTION_NOT_ALLOWED = 4014;
inline constexpr int ERR_CHART_WRONG_ID = 4101;
inline constexpr int ERR_CHART_NOT_FOUND = 4103;
inline constexpr int ERR_CHART_CANNOT_CREATE_TIMER = 4107;
inline constexpr int ERR_CHART_WRONG_PROPERTY = 4108;
inline constexpr int ERR_OBJECT_ERROR = 4201;
inline constexpr int ERR_OBJECT_NOT_FOUND = 4202;
inline constexpr int ERR_OBJECT_WRONG_PROPERTY = 4203;
inline constexpr int ERR_MARKET_UNKNOWN_SYMBOL = 4301;
inline constexpr int ERR_MARKET_NOT_SELECTED = 4302;
inline constexpr int ERR_MARKET_WRONG_PROPERTY = 4303;
inline constexpr int ERR_MARKET_LASTTIME_UNKNOWN = 4304;
inline constexpr int ERR_MARKET_SELECT_ERROR = 4305;
inline constexpr int ERR_MARKET_SESSION_INDEX = 4307;
inline constexpr int ERR_HISTORY_NOT_FOUND = 4401;
inline constexpr int ERR_HISTORY_TIMEOUT = 4403;
inline constexpr int ERR_HISTORY_SMALL_BUFFER = 4407;
inline constexpr int ERR_GLOBALVARIABLE_NOT_FOUND = 4501;
inline constexpr int ERR_GLOBALVARIABLE_EXISTS = 4502;
inline constexpr int ERR_GLOBALVARIABLE_NOT_MODIFIED = 4503;
inline constexpr int ERR_MAIL_SEND_FAILED = 4510;
inline constexpr int ERR_PLAY_SOUND_FAILED = 4511;
inline constexpr int ERR_MQL5_WRONG_PROPERTY = 4512;
inline constexpr int ERR_TERMINAL_WRONG_PROPERTY = 4513;
inline constexpr int ERR_NOTIFICATION_SEND_FAILED = 4515;
inline constexpr int ERR_NOTIFICATION_TOO_FREQUENT = 4518;
inline constexpr int ERR_ACCOUNT_WRONG_PROPERTY = 4701;
inline constexpr int ERR_TRADE_WRONG_PROPERTY = 4751;
inline constexpr int ERR_TRADE_DISABLED = 4752;
inline constexpr int ERR_TRADE_POSITION_NOT_FOUND = 4753;
inline constexpr int ERR_TRADE_ORDER_NOT_FOUND = 4754;
inline constexpr int ERR_TRADE_DEAL_NOT_FOUND = 4755;
inline constexpr int ERR_TRADE_SEND_FAILED = 4756;
inline constexpr int ERR_TRADE_CALC_FAILED = 4758;
inline constexpr int ERR_TOO_MANY_FILES = 5001;
inline constexpr int ERR_WRONG_FILENAME = 5002;
inline constexpr int ERR_TOO_LONG_FILENAME = 5003;
inline constexpr int ERR_CANNOT_OPEN_FILE = 5004;
inline constexpr int ERR_FILE_CACHEBUFFER_ERROR = 5005;
inline constexpr int ERR_CANNOT_DELETE_FILE = 5006;
inline constexpr int ERR_INVALID_FILEHANDLE = 5007;
inline constexpr int ERR_WRONG_FILEHANDLE = 5008;
inline constexpr int ERR_FILE_NOTTOWRITE = 5009;
inline constexpr int ERR_FILE_NOTTOREAD = 5010;
inline constexpr int ERR_FILE_NOTBIN = 5011;
inline constexpr int ERR_FILE_NOTTXT = 5012;
inline constexpr int ERR_FILE_NOTTXTORCSV = 5013;
inline constexpr int ERR_FILE_NOTCSV = 5014;
inline constexpr int ERR_FILE_READERROR = 5015;
inline constexpr int ERR_FILE_BINSTRINGSIZE = 5016;
inline constexpr int ERR_INCOMPATIBLE_FILE = 5017;
inline constexpr int ERR_FILE_IS_DIRECTORY = 5018;
inline constexpr int ERR_FILE_NOT_EXIST = 5019;
inline constexpr int ERR_FILE_CANNOT_REWRITE = 5020;
inline constexpr int ERR_WRONG_DIRECTORYNAME = 5021;
inline constexpr int ERR_DIRECTORY_NOT_EXIST = 5022;
inline constexpr int ERR_FILE_ISNOT_DIRECTORY = 5023;
inline constexpr int ERR_CANNOT_DELETE_DIRECTORY = 5024;
inline constexpr int ERR_CANNOT_CLEAN_DIRECTORY = 5025;
inline constexpr int ERR_FILE_WRITEERROR = 5026;
inline constexpr int ERR_FILE_ENDOFFILE = 5027;
inline constexpr int ERR_NO_STRING_DATE = 5030;
inline constexpr int ERR_WRONG_STRING_DATE = 5031;
inline constexpr int ERR_WRONG_STRING_TIME = 5032;
inline constexpr int ERR_STRING_SMALL_LEN = 5035;
inline constexpr int ERR_WRONG_FORMATSTRING = 5037;
inline constexpr int ERR_TOO_MANY_FORMATTERS = 5038;
inline constexpr int ERR_TOO_MANY_PARAMETERS = 5039;
inline constexpr int ERR_WRONG_STRING_PARAMETER = 5040;
inline constexpr int ERR_STRINGPOS_OUTOFRANGE = 5041;
inline constexpr int ERR_WEBREQUEST_INVALID_ADDRESS = 5200;
inline constexpr int ERR_WEBREQUEST_CONNECT_FAILED = 5201;
inline constexpr int ERR_WEBREQUEST_TIMEOUT = 5202;
inline constexpr int ERR_WEBREQUEST_REQUEST_FAILED = 5203;
inline constexpr int ERR_NETSOCKET_INVALIDHANDLE = 5270;
inline constexpr int ERR_NETSOCKET_TOO_MANY_OPENED = 5271;
inline constexpr int ERR_NETSOCKET_CANNOT_CONNECT = 5272;
inline constexpr int ERR_NETSOCKET_IO_ERROR = 5273;
inline constexpr int ERR_NETSOCKET_HANDSHAKE_FAILED = 5274;
inline constexpr int ERR_NETSOCKET_NO_CERTIFICATE = 5275;
inline constexpr int ERR_USER_ERROR_FIRST = 65536;

// What a trade server answers. A list, because the texts are made of the names.
#define MQL_RETCODES(X)          \
  X(REQUOTE, 10004)              \
  X(REJECT, 10006)               \
  X(CANCEL, 10007)               \
  X(PLACED, 10008)               \
  X(DONE, 10009)                 \
  X(DONE_PARTIAL, 10010)         \
  X(ERROR, 10011)                \
  X(TIMEOUT, 10012)              \
  X(INVALID, 10013)              \
  X(INVALID_VOLUME, 10014)       \
  X(INVALID_PRICE, 10015)        \
  X(INVALID_STOPS, 10016)        \
  X(TRADE_DISABLED, 10017)       \
  X(MARKET_CLOSED, 10018)        \
  X(NO_MONEY, 10019)             \
  X(PRICE_CHANGED, 10020)        \
  X(PRICE_OFF, 10021)            \
  X(INVALID_EXPIRATION, 10022)   \
  X(ORDER_CHANGED, 10023)        \
  X(TOO_MANY_REQUESTS, 10024)    \
  X(NO_CHANGES, 10025)           \
  X(SERVER_DISABLES_AT, 10026)   \
  X(CLIENT_DISABLES_AT, 10027)   \
  X(LOCKED, 10028)               \
  X(FROZEN, 10029)               \
  X(INVALID_FILL, 10030)         \
  X(CONNECTION, 10031)           \
  X(ONLY_REAL, 10032)            \
  X(LIMIT_ORDERS, 10033)         \
  X(LIMIT_VOLUME, 10034)         \
  X(INVALID_ORDER, 10035)        \
  X(POSITION_CLOSED, 10036)      \
  X(INVALID_CLOSE_VOLUME, 10038) \
  X(CLOSE_ORDER_EXIST, 10039)    \
  X(LIMIT_POSITIONS, 10040)      \
  X(REJECT_CANCEL, 10041)        \
  X(LONG_ONLY, 10042)            \
  X(SHORT_ONLY, 10043)           \
  X(CLOSE_ONLY, 10044)           \
  X(FIFO_CLOSE, 10045)           \
  X(HEDGE_PROHIBITED, 10046)
#define X(name, value) inline constexpr uint TRADE_RETCODE_##name = value;
MQL_RETCODES(X)
#undef X
}  // namespace mql
