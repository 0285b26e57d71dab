package zreq

// appendBase64 appends p in base64 (RFC 4648, 4). Package encoding/base64 would bring along
// encoding/binary, and that package reflect.
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
