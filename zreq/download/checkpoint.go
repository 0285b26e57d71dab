package download

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
)

// checkpoint is what a job knows durably. It never says more than the Sink has synced.
type checkpoint struct {
	key    [32]byte // of the job
	part   [16]byte // of the Sink; see Identifier
	offset int64    // bytes that the Sink has synced
	size   int64    // of the content; −1 if not known
	seen   version  // of which the bytes are a part
	state  []byte   // of the SHA-256 of the first offset bytes; nil if none was asked for
	ledger
	flags flags
}

// version is what is known of the content that the server has.
type version struct {
	validator validator
	digest    []byte // SHA-256 that a head has named; nil if none has
	coding    string // Content-Encoding
}

// ledger is what the job has used up. It outlives restarts, wrong digests and reboots.
type ledger struct {
	spent    int64 // bytes read and written
	reached  int64 // the largest offset that there ever was
	attempts uint32
	failed   uint32 // attempts in a row without progress
	restarts uint32
}

// reach notes that the Sink has so many bytes. If there never were as many, this is progress,
// and gives all attempts back.
func (l *ledger) reach(offset int64) {
	if offset > l.reached {
		l.reached, l.failed = offset, 0
	}
}

// mayRestart reports whether the job may begin anew once more. The count may be over what an
// int has on 32 bits.
func (l *ledger) mayRestart(most int) bool { return int64(l.restarts) < int64(most) }

// flags are the facts of a checkpoint that are true or false.
type flags uint8

const (
	isPieced   flags = 1 << iota // the bytes came in more than one response
	isPlain                      // the server cannot do ranges, or what it sent was wrong: none is asked for
	isDistrust                   // what is there is void: begin anew with the next response
)

func (f flags) has(g flags) bool { return f&g != 0 }

func (f *flags) set(g flags, on bool) {
	if *f &^= g; on {
		*f |= g
	}
}

// forget forgets the bytes, and keeps what the job has used up.
func (c *checkpoint) forget() {
	c.offset, c.size, c.seen, c.state = 0, -1, version{}, nil
	c.flags.set(isPieced, false)
}

// A record is the magic number, the length of the rest, the fields in their order, and the
// first bytes of the SHA-256 of all that.
const (
	recordMagic  = "zrq\x01" // the last byte is the version
	sumBytes     = 16
	maxCoding    = 40
	maxHashState = 128
)

// encode appends the record of c to p. It is at most MaxRecord bytes.
func (c *checkpoint) encode(p []byte) []byte {
	start := len(p)
	p = append(p, recordMagic...)
	p = append(p, 0, 0) // the length
	p = append(p, c.key[:]...)
	p = append(p, c.part[:]...)
	for _, n := range [...]int64{c.offset, c.size, c.spent, c.reached} {
		p = binary.LittleEndian.AppendUint64(p, uint64(n))
	}
	for _, n := range [...]uint32{c.attempts, c.failed, c.restarts} {
		p = binary.LittleEndian.AppendUint32(p, n)
	}
	p = append(p, byte(c.flags), byte(c.seen.validator.kind))
	p = append(p, c.seen.validator.at[:]...)
	p = appendShort(p, []byte(c.seen.validator.value))
	p = appendShort(p, c.seen.digest)
	p = appendShort(p, []byte(c.seen.coding))
	p = appendShort(p, c.state)
	binary.LittleEndian.PutUint16(p[start+len(recordMagic):], uint16(len(p)-start))
	sum := sha256.Sum256(p[start:])
	return append(p, sum[:sumBytes]...)
}

// appendShort appends p with its length, which is below 256.
func appendShort(to, p []byte) []byte { return append(append(to, byte(len(p))), p...) }

// decode reads a record. It reports false if that is torn, or of another version. Bytes
// behind it are ignored: a flash pads.
func (c *checkpoint) decode(p []byte) bool {
	const head = len(recordMagic) + 2
	if len(p) < head || string(p[:len(recordMagic)]) != recordMagic {
		return false
	}
	n := int(binary.LittleEndian.Uint16(p[len(recordMagic):]))
	if n < head || n+sumBytes > len(p) {
		return false
	}
	sum := sha256.Sum256(p[:n])
	if !bytes.Equal(sum[:sumBytes], p[n:n+sumBytes]) {
		return false
	}
	r := reader{p[head:n], true}
	*c = checkpoint{}
	copy(c.key[:], r.next(len(c.key)))
	copy(c.part[:], r.next(len(c.part)))
	for _, to := range [...]*int64{&c.offset, &c.size, &c.spent, &c.reached} {
		*to = int64(r.uint64())
	}
	for _, to := range [...]*uint32{&c.attempts, &c.failed, &c.restarts} {
		*to = r.uint32()
	}
	c.flags, c.seen.validator.kind = flags(r.byte()), validatorKind(r.byte())
	copy(c.seen.validator.at[:], r.next(len(resource{})))
	c.seen.validator.value = string(r.short())
	c.seen.digest = r.short()
	c.seen.coding = string(r.short())
	c.state = r.short()
	return r.ok && len(r.rest) == 0 && c.offset >= 0 && (c.size < 0 || c.offset <= c.size) && c.spent >= 0 && c.reached >= 0
}

// reader takes fields from the front of a record.
type reader struct {
	rest []byte
	ok   bool
}

func (r *reader) next(n int) []byte {
	if n > len(r.rest) {
		r.ok, r.rest = false, nil
		return nil
	}
	p := r.rest[:n]
	r.rest = r.rest[n:]
	return p
}

func (r *reader) byte() byte {
	if p := r.next(1); r.ok {
		return p[0]
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if p := r.next(4); r.ok {
		return binary.LittleEndian.Uint32(p)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if p := r.next(8); r.ok {
		return binary.LittleEndian.Uint64(p)
	}
	return 0
}

// short returns a copy of a field with a length; nil if that is zero.
func (r *reader) short() []byte {
	p := r.next(int(r.byte()))
	if len(p) == 0 {
		return nil
	}
	return bytes.Clone(p)
}
