package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/wire"
)

// ErrEncoded means that the body is in a content coding that was not undone, because zreq
// did not ask for it or because no Coding is registered for it. A StreamCallback does not
// receive such a body (the error is [ErrStatus] as well), and Text and JSON do not decode
// it. With Args.AllowEncoded a callback receives the body as it came. Content and Read
// always return it as it came.
var ErrEncoded = errors.New("the body is in a content coding that was not undone")

// encodedError is an ErrEncoded that names the coding, and says what to do.
func encodedError(coding, cure string) error {
	return &exchange.Error{Err: ErrEncoded, Text: "the body is in the content coding " + coding + ", which was not undone: " + cure}
}

// contentCodings are the content codings in IANA's registry (RFC 9110, 18.6), without identity,
// which is none. What else a Content-Encoding names is no coding, unless a Coding is registered
// for it: "utf-8", "none", and the "aws-chunked" of a store that has undone it.
var contentCodings = [...]string{
	"aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip", "x-compress", "x-gzip", "zstd",
}

// A codingList iterates over the content codings of a head, in the order in which they were
// applied (RFC 9110, 8.4). They should be separated by commas. But every word that is the name
// of a coding counts, even in quotes or after a blank, because a server that sends such a field
// has coded the body.
type codingList struct {
	fields []byte
	value  []byte // what is left of that of the last field
}

func codingsOf(head []byte) codingList {
	_, fields := wire.SplitHead(head)
	return codingList{fields: fields}
}

// next returns the name of the next coding, or nil. It aliases the head.
func (c *codingList) next() []byte {
	for {
		for len(c.value) > 0 {
			n := max(1, wire.TokenLength(c.value))
			word := c.value[:n]
			c.value = c.value[n:]
			if word[0] == '\'' {
				word = word[1:] // it may be in a token
			}
			if len(word) > 0 && word[len(word)-1] == '\'' {
				word = word[:len(word)-1]
			}
			for _, known := range contentCodings {
				if wire.EqualName(word, known) {
					return word
				}
			}
			if findCoding != nil && findCoding(word) != nil {
				return word
			}
		}
		var ok bool
		if c.value, c.fields, ok = nextNamed(c.fields, "Content-Encoding"); !ok {
			return nil
		}
	}
}

// noteCodings reports whether the body is coded and all its codings will be undone. accepted
// says that the request asked for codings. The first one that stays is noted in the Response.
func noteCodings(r *Response, accepted bool) (coded bool) {
	r.body.encoded = ""
	if r.body.framing == FramingNone {
		return false // there is nothing to undo
	}
	n := 0
	list := codingsOf(r.head)
	for name := list.next(); name != nil; name = list.next() {
		if n++; !accepted || n > maxCodings || findCoding(name) == nil {
			r.body.encoded = string(name)
			return false
		}
	}
	return n > 0
}
