// Package digest is Digest authentication (RFC 7616) for package zreq: the
// password does not go over the network, only a hash that answers a challenge of
// the server.
//
//	auth := digest.New("meter", password) // once: it remembers what servers ask for
//
//	resp, err := zreq.Get(ctx, "http://camera.example/snapshot.jpg", &zreq.Args{Auth: auth})
//	if err != nil {
//		return err
//	}
//	if resp.Status == 401 {
//		return digest.Check(resp.Values("WWW-Authenticate")) // digest.ErrPassword, or another reason
//	}
//
// # What goes out
//
// The first request to a server goes without credentials; its 401 says what to
// hash, and the second request of the call carries the answer. From then on each
// request to that origin carries one from the start, with the nonce of the last
// challenge and the next nonce count, until the server gives another nonce. If a
// challenge names a domain, that holds for what lies below it.
//
// Of several challenges the strongest is answered, whatever their order:
// SHA-512-256 before SHA-256 before MD5, with -sess or without, with a qop rather
// than without. MD5 is answered, and so are servers of RFC 2617, without algorithm
// or qop, in their own terms: many devices know nothing else. A program that is run
// with GODEBUG=fips140=only answers no MD5. Other schemes are never answered: a
// server that offers Basic beside Digest, or alone, does not get the password.
//
// Of auth and auth-int it is auth unless [Auth.Integrity] is set. For auth-int the
// body is hashed before the request goes out, 4 KiB at a time, and so is read
// twice; no context ends that. One without Rewind, or a Seek that works, is
// answered for by auth. If the server wants nothing but auth-int, the call ends
// with [ErrBody], and the next goes without credentials.
//
// A name with other letters than those of ASCII goes out hashed if the server asks
// for that (userhash), as username* to a server that shows by its challenge that
// it knows RFC 7616, and to any other as it is.
//
// # When the 401 is the answer
//
// A call answers one 401 for each URL that it comes to; a 417 lets it begin anew.
// The 401 is the response of the call if it has no challenge that can be answered:
// [Check] tells why. So is a second 401, and one that asks, without stale=true, for
// what the refused request has answered, by realm, nonce, algorithm and quality of
// protection: the password is wrong.
//
// A challenge with another nonce is answered, with stale=true or without (RFC 7616,
// 3.6): a server that was started anew has forgotten its nonces, and may not say
// so. Where a server gives another nonce with each 401, a wrong password is thus
// tried once in the first call, and twice in each that follows. Stop calling when
// Check says [ErrPassword], before the server locks the user out. A server whose
// nonces end without stale=true refuses the right password in the same way, if calls
// run at once.
//
// # What is remembered
//
// Of 8 origins, the last 4 challenges of each, at most 4 KiB for one, and how often
// each of the last 32 nonces was used. No count is used twice with one of these
// nonces. Requests that are made at once may arrive in another order than they
// were counted. Nothing is remembered of the password, and none of it is in an
// error, or in what package fmt prints of an [Auth]. What was learnt of one origin
// is not sent to another.
//
// # What it does not do
//
// It answers no proxy. It sees no response but a 401, so that the nextnonce and
// the rspauth of Authentication-Info (RFC 7616, 3.5) are not used: the server is
// not authenticated. Names are not normalised (RFC 7616, 4).
//
// Without https it protects from little. Who can listen can try passwords, as fast
// as the hash allows, so a short one is found. Who can change the challenges on
// their way can take the stronger ones away, or the qop, and choose the nonce (RFC
// 7616, 5): nothing tells that from an old server. Requests and responses are there
// for both to read, and for the latter to change.
package digest
