package gzip_test

import "testing"

// TestFeature is the list of promises that this package keeps.
func TestFeature(t *testing.T) {
	t.Run("A20", func(t *testing.T) { // gzip and deflate for those who import this, and with limits
		for _, test := range []func(*testing.T){
			TestDecode, TestDownload, TestDownloadRaw, TestDownloadUnknown, TestBomb, TestContentLimit, TestTruncated,
			TestCorruptDownload, TestConnectionIsKept,
		} {
			test(t)
		}
	})
}
