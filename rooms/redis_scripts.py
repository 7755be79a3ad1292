"""Where things lie in Redis, and the scripts that change several of them at once.

All keys of a room have its hash tag, so that Redis Cluster keeps them on one node and a script may
touch them together: `talanoa:{room}:log` and its like. Three things are of no room: the list of
rooms, which room a secret opens, and the version of this layout.

A script is sent whole each time, not by its digest: after a restart or a failover the server knows
no digests, and a few hundred bytes cost less than a second question. Scripts answer 1, or 0 for a
conflict; what they publish leaves the server together with the answer, after it is on the disk
(`appendfsync always`).
"""

from typing import Final

LAYOUT: Final = 1
"""Version of these keys; a server that holds a newer one is refused."""

VERSION_KEY: Final = "talanoa:version"
ROOMS_KEY: Final = "talanoa:rooms"
"""Sorted set: room -> when it was made (ms)."""
SEAL_KEY: Final = "talanoa:seal"
"""Tells whether two processes have the same secret."""
RESTORING_KEY: Final = "talanoa:restoring"
"""There while a backup is being brought in: until it is gone, nothing here is whole."""
PULSE_KEY: Final = "talanoa:pulse"
UNCLEAN_KEY: Final = "talanoa:unclean"
"""There while what was removed may still be in the server's files."""

GONE_SECONDS: Final = 3_600
"""How long a forgotten room is remembered as forgotten, by its id alone: longer than any write can
be on its way."""


def key(room: str, part: str) -> str:
    """A key of a room. Parts: room (when it was made), log (stream of commits), words, docs (names
    of its documents), last (id of each document's last update), upto and snap (each document's
    snapshot), applied, aside (what was quarantined), photos, media, secrets, touched, gone, who
    and `here:PROCESS` (who is connected there), and `doc:NAME` (stream of updates)."""
    return f"talanoa:{{{room}}}:{part}"


def prefix(room: str) -> str:
    """What all keys of a room begin with."""
    return key(room, "")


def secret_key(digest: str) -> str:
    """Says which room a secret opens."""
    return f"talanoa:secret:{{{digest}}}"


def channel(room: str) -> str:
    """Where the scripts tell what is new in a room: `origin number [document]`."""
    return f"talanoa:news:{room}"


def said_on(name: str) -> str:
    """The server's channel for one of the contract's."""
    return f"talanoa:said:{name}"


# KEYS[1] is a key of the room, for the cluster to find the node; ARGV[1] the prefix of all of them.

CREATE: Final = """
local p = ARGV[1]
if redis.call('EXISTS', p..'room') == 1 then return 0 end
redis.call('SET', p..'room', ARGV[2])
redis.call('DEL', p..'gone')
return 1
"""

# Answers the digests of the room's secrets.
FORGET: Final = """
local p = ARGV[1]
local digests = redis.call('HKEYS', p..'secrets')
for _, name in ipairs(redis.call('SMEMBERS', p..'docs')) do
  redis.call('DEL', p..'doc:'..name)
end
for _, by in ipairs(redis.call('SMEMBERS', p..'who')) do redis.call('DEL', p..'here:'..by) end
redis.call('DEL', p..'who', p..'room', p..'log', p..'words', p..'docs', p..'last', p..'upto',
  p..'snap',
  p..'applied', p..'aside', p..'photos', p..'media', p..'secrets', p..'touched')
redis.call('SET', p..'gone', '1', 'EX', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4]..' 0')
return digests
"""

# ARGV: prefix, channel, origin, seq, commit, then ref and text of each word. XADD refuses a number
# that was used already; that none is left out we look for ourselves.
APPEND: Final = """
local p = ARGV[1]
if redis.call('EXISTS', p..'room') == 0 then return 0 end
local last, n = redis.call('XREVRANGE', p..'log', '+', '-', 'COUNT', 1), 0
if last[1] then n = tonumber(string.match(last[1][1], '^%d+')) end
if tonumber(ARGV[4]) ~= n + 1 then return 0 end
redis.call('XADD', p..'log', ARGV[4]..'-0', 'c', ARGV[5])
for i = 6, #ARGV, 2 do redis.call('HSET', p..'words', ARGV[i], ARGV[i + 1]) end
redis.call('PUBLISH', ARGV[2], ARGV[3]..' '..ARGV[4])
return 1
"""

# ARGV: prefix, the number after which, why. A stream gives no used number again, so what stays is
# written anew.
SET_ASIDE: Final = """
local p, after = ARGV[1], ARGV[2]
local bad = redis.call('XRANGE', p..'log', '('..after..'-0', '+')
if not bad[1] then return 1 end
for _, row in ipairs(bad) do
  local name = 'log '..string.match(row[1], '^%d+')
  redis.call('HSET', p..'aside', name, row[2][2], name..' why', ARGV[3])
end
local whole = redis.call('XRANGE', p..'log', '-', after..'-0')
redis.call('DEL', p..'log')
for _, row in ipairs(whole) do redis.call('XADD', p..'log', row[1], unpack(row[2])) end
return 1
"""

# ARGV: prefix, channel, origin, document, update, the id it follows on ('' for any). Answers the
# new id, 0 for a conflict.
ADD_UPDATE: Final = """
local p, name = ARGV[1], ARGV[4]
if redis.call('EXISTS', p..'room') == 0 then return 0 end
local after, together = ARGV[6], ARGV[7]
if after ~= '' or together ~= '' then
  local last = tonumber(redis.call('HGET', p..'upto', name) or '0')
  local row = redis.call('XREVRANGE', p..'doc:'..name, '+', '-', 'COUNT', 1)
  if row[1] then last = math.max(last, tonumber(string.match(row[1][1], '^%d+'))) end
  if after ~= '' then
    if last > tonumber(after) then return 0 end
  else
    local before = row[1] and row[1][2] or {}
    if before[3] ~= 't' or before[4] ~= together then return 0 end
  end
end
local id = redis.call('HINCRBY', p..'last', name, 1)
if together == '' then
  redis.call('XADD', p..'doc:'..name, id..'-0', 'u', ARGV[5])
else
  redis.call('XADD', p..'doc:'..name, id..'-0', 'u', ARGV[5], 't', together)
end
redis.call('SADD', p..'docs', name)
redis.call('PUBLISH', ARGV[2], ARGV[3]..' '..id..' '..name)
return id
"""

# ARGV: prefix, document, the id after which. Answers snapshot, its id, the id up to which all are
# applied, and the later rows: of one moment, so that no compaction comes between.
UPDATES: Final = """
local p, name = ARGV[1], ARGV[2]
local after, upto = tonumber(ARGV[3]), tonumber(redis.call('HGET', p..'upto', name) or '-1')
local snap = false
if upto > after then snap = redis.call('HGET', p..'snap', name) end
local rows = redis.call('XRANGE', p..'doc:'..name, '('..math.max(after, upto, 0)..'-0', '+')
return {snap, upto, tonumber(redis.call('HGET', p..'applied', name) or '0'), rows}
"""

MARK: Final = """
local p = ARGV[1]
if redis.call('EXISTS', p..'room') == 0 then return 0 end
if tonumber(redis.call('HGET', p..'applied', ARGV[2]) or '0') < tonumber(ARGV[3]) then
  redis.call('HSET', p..'applied', ARGV[2], ARGV[3])
end
return 1
"""

# ARGV: prefix, document, snapshot, upto. Ids never go back, also when the stream is empty.
COMPACT: Final = """
local p, name, upto = ARGV[1], ARGV[2], tonumber(ARGV[4])
if redis.call('EXISTS', p..'room') == 0 then return 0 end
if tonumber(redis.call('HGET', p..'upto', name) or '-1') > upto then return 0 end
redis.call('HSET', p..'snap', name, ARGV[3])
redis.call('HSET', p..'upto', name, upto)
redis.call('SADD', p..'docs', name)
if tonumber(redis.call('HGET', p..'last', name) or '0') < upto then
  redis.call('HSET', p..'last', name, upto)
end
redis.call('XTRIM', p..'doc:'..name, 'MINID', '=', (upto + 1)..'-0')
if redis.call('XLEN', p..'doc:'..name) == 0 then redis.call('DEL', p..'doc:'..name) end
return 1
"""

# ARGV: prefix, document, id, why.
QUARANTINE: Final = """
local p, name, id = ARGV[1], ARGV[2], ARGV[3]
local stream = p..'doc:'..name
local row = redis.call('XRANGE', stream, id..'-0', id..'-0')
local body = false
if row[1] then
  body = row[1][2][2]
  redis.call('XDEL', stream, id..'-0')
  if redis.call('XLEN', stream) == 0 then redis.call('DEL', stream) end
elseif redis.call('HGET', p..'upto', name) == id then
  body = redis.call('HGET', p..'snap', name)
  redis.call('HDEL', p..'snap', name)
  redis.call('HDEL', p..'upto', name)
end
if body then
  redis.call('HSET', p..'aside', name..' '..id, body, name..' '..id..' why', ARGV[4])
end
return 1
"""

DOCUMENTS: Final = """
local p, found = ARGV[1], {}
for _, name in ipairs(redis.call('SMEMBERS', p..'docs')) do
  if redis.call('EXISTS', p..'doc:'..name) == 1 or redis.call('HEXISTS', p..'upto', name) == 1 then
    found[#found + 1] = name
  end
end
table.sort(found)
return found
"""

PUT_PHOTO: Final = """
local p = ARGV[1]
if redis.call('EXISTS', p..'room') == 0 then return 0 end
redis.call('HSET', p..'photos', ARGV[2], ARGV[3])
redis.call('HSET', p..'media', ARGV[2], ARGV[4])
return 1
"""

DROP_PHOTO: Final = """
redis.call('HDEL', ARGV[1]..'media', ARGV[2])
return redis.call('HDEL', ARGV[1]..'photos', ARGV[2])
"""

PHOTOS: Final = """
local p, found = ARGV[1], {}
for _, id in ipairs(redis.call('HKEYS', p..'photos')) do
  found[#found + 1] = id
  found[#found + 1] = redis.call('HSTRLEN', p..'photos', id)
end
return found
"""

PUT_SECRET: Final = """
local p = ARGV[1]
if redis.call('EXISTS', p..'gone') == 1 then return 0 end
redis.call('HSET', p..'secrets', ARGV[2], ARGV[3])
return 1
"""

# ARGV: prefix, channel, who says it, message, seconds.
SAY_HERE: Final = """
local p = ARGV[1]
if ARGV[4] == '' then
  redis.call('DEL', p..'here:'..ARGV[3])
  redis.call('SREM', p..'who', ARGV[3])
elseif redis.call('EXISTS', p..'room') == 1 then
  redis.call('SET', p..'here:'..ARGV[3], ARGV[4], 'EX', ARGV[5])
  redis.call('SADD', p..'who', ARGV[3])
  redis.call('EXPIRE', p..'who', 86400)
  redis.call('PUBLISH', ARGV[2], ARGV[4])
end
return 1
"""

# In a cluster what is said on one channel goes by one node, so that it arrives in order.
PUBLISH: Final = "return redis.call('PUBLISH', KEYS[1], ARGV[1])"

SAID_HERE: Final = """
local p, found = ARGV[1], {}
for _, by in ipairs(redis.call('SMEMBERS', p..'who')) do
  local said = redis.call('GET', p..'here:'..by)
  if said then found[#found + 1] = said end
end
return found
"""

TOUCH: Final = """
local p = ARGV[1]
if redis.call('EXISTS', p..'gone') == 0 then redis.call('SET', p..'touched', ARGV[2]) end
return 1
"""

# All of a room but its pictures, of one moment. Answers when it was made (nothing: there is no such
# room), log, words, secrets, what was set aside, touched, ids and media of its pictures, and for
# each document its name, snapshot, the snapshot's id, the id up to which all are applied, updates.
COPY: Final = """
local p, docs = ARGV[1], {}
local made = redis.call('GET', p..'room')
if not made then return {} end
for _, name in ipairs(redis.call('SMEMBERS', p..'docs')) do
  local upto = redis.call('HGET', p..'upto', name)
  docs[#docs + 1] = {name, redis.call('HGET', p..'snap', name), upto or '',
    redis.call('HGET', p..'applied', name) or '0', redis.call('XRANGE', p..'doc:'..name, '-', '+')}
end
return {made, redis.call('XRANGE', p..'log', '-', '+'), redis.call('HGETALL', p..'words'),
  redis.call('HGETALL', p..'secrets'), redis.call('HGETALL', p..'aside'),
  redis.call('GET', p..'touched') or '', redis.call('HGETALL', p..'media'), docs}
"""
