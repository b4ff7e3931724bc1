
# the libraries keep their own flags: only options that do not weaken them pass

case $NGX_OBJS in
    /*) knn_out=${KNN_OUT:-$NGX_OBJS/knn} ;;
    *)  knn_out=${KNN_OUT:-$PWD/$NGX_OBJS/knn} ;;
esac

knn_cflags=

for knn_opt in $NGX_CC_OPT
do
    case $knn_opt in
        -O*) ;;
        *)   knn_cflags="$knn_cflags $knn_opt" ;;
    esac
done

cat << END                                                    >> $NGX_MAKEFILE

KNN_SOURCES = $ngx_addon_dir/Makefile \\
	\$(wildcard $ngx_addon_dir/model/*.[ch] $ngx_addon_dir/model/*/*.[ch] \\
	$ngx_addon_dir/codec/*/*.[ch])

$knn_out/libknn.a:	\$(KNN_SOURCES)
	\$(MAKE) -C $ngx_addon_dir OUT=$knn_out CC="\$(CC)" \\
		CFLAGS="$knn_cflags" lib
	touch $knn_out/libknn.a $knn_out/libknncodec.a

$knn_out/libknncodec.a:	$knn_out/libknn.a
	@:

END
