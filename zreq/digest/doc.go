// Package digest is Digest authentication (RFC 7616) for package zreq. The password is
// not sent, only a hash that answers a challenge of the server.
//
//	auth := digest.New("meter", password) // create one and keep it: it remembers challenges
//
//	resp, err := zreq.Get(ctx, "http://camera.example/snapshot.jpg", &zreq.Args{Auth: auth})
//	if err != nil {
//		return err
//	}
//	if resp.Status == 401 {
//		return digest.Check(resp.Values("WWW-Authenticate")) // digest.ErrPassword, or another reason
//	}
//
// # What is sent
//
// The first request to a server is sent without credentials. Its 401 contains a
// challenge, and the second request of the call carries the answer. From then on, each
// request to that origin carries an answer from the start, with the nonce of the last
// challenge and the next nonce count, until the server gives another nonce. If a
// challenge names a domain, that applies only to paths within the domain.
//
// If there are several challenges, the strongest is answered, whatever their order:
// SHA-512-256 before SHA-256 before MD5, with -sess or without, and with a qop rather
// than without. MD5 is answered, and so are servers of RFC 2617 without algorithm or qop,
// in their own form, because many devices know nothing else. With GODEBUG=fips140=only,
// MD5 is not answered. Other schemes are never answered: a server that offers Basic, with
// Digest or alone, does not get the password.
//
// If the server offers both auth and auth-int, auth is used unless [Auth.Integrity] is
// set. For auth-int the body is hashed before the request is sent, 4 KiB at a time, so it
// is read twice. No context ends that. A body without Rewind and without a working Seek
// is sent with auth. If the server accepts only auth-int, the call fails with [ErrBody],
// and the next call is sent without credentials.
//
// The user name is hashed if the server asks for that (userhash). Otherwise a name with
// non-ASCII letters is sent as username* if the challenge shows that the server knows RFC
// 7616. Any other name is sent as it is.
//
// # When the 401 is the response
//
// A call answers one 401 for each URL that it requests; after a 417 it may answer once
// more. The 401 is the response of the call if it contains no challenge that can be
// answered; [Check] says why. A second 401 is the response as well. So is a 401 without
// stale=true whose realm, nonce, algorithm and quality of protection are those that the
// refused request has answered: the password is wrong.
//
// So is the 401 to a body that cannot be sent again. Its challenge is kept, and the next
// call answers it from the beginning.
//
// A challenge with another nonce is answered even without stale=true (RFC 7616, 3.6). A
// server that was restarted has forgotten its nonces and may not say so. If a server
// gives another nonce with each 401, a wrong password is therefore tried once in the
// first call and twice in each later one. Stop calling when Check returns [ErrPassword],
// before the server locks the user out. A server whose nonces expire without stale=true
// refuses the right password in the same way if calls are made at the same time.
//
// # What is remembered
//
// An Auth remembers 8 origins. For each it remembers the last 4 challenges, of at most 4
// KiB each, and how often each of the last 32 nonces was used. No count is used twice
// with one of these nonces. Requests that are made at the same time may arrive in another
// order than they were counted.
//
// It remembers no hash of the password, and holds the password itself only if [New] has
// made it. The password appears in no error, nor in what package fmt prints of an [Auth].
// What was learnt from one origin is not sent to another.
//
// # What it does not do
//
// It answers no proxies. Names are not normalized (RFC 7616, 4).
//
// It sees only 401 responses, so it does not use the nextnonce and rspauth of
// Authentication-Info (RFC 7616, 3.5). The server is not authenticated. If a server gives a
// nextnonce and then refuses the old nonce, the next call answers another 401. With
// [zreq.Args.Expect100] its body need not be sent twice for that.
//
// Without https, Digest protects little. Whoever can listen can try passwords as fast as
// the hash allows, and will find a short one. Whoever can change a challenge can remove
// the stronger ones, or the qop, and choose the nonce (RFC 7616, 5). Nothing
// distinguishes that from an old server. Both can read requests and responses, and the
// latter can change them.
package digest
