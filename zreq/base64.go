package zreq

// appendBase64 appends p in base64 (RFC 4648, 4). Of encoding/base64 an encoder
// is all that is needed here, and it would bring along three more, four decoders
// and their set-up: 4 KB.
func appendBase64(dst, p []byte) []byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for ; len(p) >= 3; p = p[3:] {
		n := uint(p[0])<<16 | uint(p[1])<<8 | uint(p[2])
		dst = append(dst, alphabet[n>>18], alphabet[n>>12&63], alphabet[n>>6&63], alphabet[n&63])
	}
	switch len(p) {
	case 1:
		dst = append(dst, alphabet[p[0]>>2], alphabet[p[0]<<4&63], '=', '=')
	case 2:
		n := uint(p[0])<<8 | uint(p[1])
		dst = append(dst, alphabet[n>>10], alphabet[n>>4&63], alphabet[n<<2&63], '=')
	}
	return dst
}
