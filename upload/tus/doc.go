// Package tus uploads to a server that speaks tus 1.0.0, and goes on where an upload was cut
// off: after a lost link, a server that was away, a reboot.
//
//	file, err := upload.Open("/media/card/recording.ts")
//	if err != nil {
//		return err
//	}
//	defer file.Close()
//	result, err := tus.Upload(ctx, "https://fleet.example/files/", file, &tus.Args{
//		Store: tus.StateFile("/media/card/recording.tus"),
//	})
//	if err != nil {
//		return err // the same call goes on later where this one has stopped
//	}
//
// With upload.Upload it is one line more:
//
//	resp, err := upload.Upload(ctx, url, file, &upload.Args{
//		Resume: &tus.Args{Store: tus.StateFile("/media/card/recording.tus")},
//	})
package tus
