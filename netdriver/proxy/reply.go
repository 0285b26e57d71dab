package proxy

import "strconv"

// A Reply is the code with which a SOCKS5 proxy answers a request (RFC 1928, 6). Zero is
// success.
type Reply uint8

// The codes that RFC 1928 has.
const (
	ReplyFailure            Reply = 1 + iota // general failure of the proxy
	ReplyNotAllowed                          // its rules do not allow the connection
	ReplyNetworkUnreachable                  // it has no way to the network of the server
	ReplyHostUnreachable                     // it cannot reach the server, or does not find the name
	ReplyConnectionRefused                   // the server refused the connection
	ReplyTTLExpired                          // its packets do not arrive at the server
	ReplyNoCommand                           // it does not do CONNECT
	ReplyNoAddressType                       // it does not take names, or addresses of this IP version
)

var replyTexts = [...]string{
	0:                       "connected",
	ReplyFailure:            "general failure of the proxy",
	ReplyNotAllowed:         "its rules do not allow it",
	ReplyNetworkUnreachable: "it has no route to the network",
	ReplyHostUnreachable:    "it cannot reach the server, or does not find its name",
	ReplyConnectionRefused:  "the server refused the connection",
	ReplyTTLExpired:         "its packets do not arrive at the server (TTL expired)",
	ReplyNoCommand:          "it does not support CONNECT",
	ReplyNoAddressType:      "it does not support this type of address",
}

// String returns what the code means, and the code.
func (r Reply) String() string {
	text := "unknown reply"
	if int(r) < len(replyTexts) {
		text = replyTexts[r]
	}
	return text + " (reply " + strconv.Itoa(int(r)) + ")"
}

// permanent reports whether the proxy will give the same reply again.
func (r Reply) permanent() bool {
	return r == ReplyNotAllowed || r == ReplyNoCommand || r == ReplyNoAddressType
}
