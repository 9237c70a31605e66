"""Letters by e-mail: read (message), filed (filing), receipted (reply)."""
