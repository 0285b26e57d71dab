package zreq

// appendBase64 appends p in base64 (RFC 4648, 4). Of encoding/base64 an encoder
// is all that is needed here, and it would bring along three more, four decoders
// and their set-up: 4 KB.
func appendBase64(dst, p []byte) []byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for len(p) > 0 {
		var n uint
		for i := range 3 {
			if n <<= 8; i < len(p) {
				n |= uint(p[i])
			}
		}
		for i := range 4 {
			c := byte('=')
			if i <= len(p) {
				c = alphabet[n>>18&63]
			}
			dst = append(dst, c)
			n <<= 6
		}
		p = p[min(3, len(p)):]
	}
	return dst
}
