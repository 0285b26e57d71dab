package gzip_test

import "testing"

// TestFeature is the list of promises that this package keeps.
func TestFeature(t *testing.T) {
	t.Run("A20", func(t *testing.T) { // gzip and deflate for those who import this, and with limits
		for _, test := range []func(*testing.T){
			TestDecode, TestDownload, TestDownloadRaw, TestDownloadUnknown, TestBomb, TestRatio, TestContentLimit, TestTruncated,
			TestCorruptDownload, TestConnectionIsKept,
		} {
			test(t)
		}
	})
	t.Run("P27", func(t *testing.T) { // what is not undone reaches no callback and no file
		for _, test := range []func(*testing.T){TestDownloadUnknown, TestDownloadOfNoCoding, TestCallbackIsGivenNoCoding, TestStrangeCodingAsItCame} {
			test(t)
		}
	})
}
