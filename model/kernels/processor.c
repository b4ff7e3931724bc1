
/*
 * Copyright (C) nginx-knn contributors
 */


#include "processor.h"


bool
knn_processor_generic(void)
{
    return true;
}


#if (__x86_64__)

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>


/* of <asm/prctl.h>, which has them since Linux 5.16 */
#define KNN_ARCH_REQ_XCOMP_PERM 0x1023
#define KNN_XFEATURE_XTILEDATA  18

/* EDX of leaf 7 */
#define KNN_CPUID_AMX_TILE (1u << 24)
#define KNN_CPUID_AMX_INT8 (1u << 25)


bool
knn_processor_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}


bool
knn_processor_avx512(void)
{
    return __builtin_cpu_supports("avx512f")
           && __builtin_cpu_supports("avx512dq");
}


bool
knn_processor_avx512vnni(void)
{
    return knn_processor_avx512() && __builtin_cpu_supports("avx512bw")
           && __builtin_cpu_supports("avx512vl")
           && __builtin_cpu_supports("avx512vnni");
}


bool
knn_processor_amx(void)
{
    unsigned eax, ebx, ecx, edx;

    return knn_processor_avx512vnni()
           && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)
           && (edx & KNN_CPUID_AMX_TILE) && (edx & KNN_CPUID_AMX_INT8)
           && syscall(SYS_arch_prctl, KNN_ARCH_REQ_XCOMP_PERM,
                      KNN_XFEATURE_XTILEDATA)
                  == 0;
}

#endif


#if (__aarch64__)

#include <sys/auxv.h>


/* HWCAP_ASIMDDP of <asm/hwcap.h> */
#define KNN_HWCAP_DOTPROD (1ul << 20)


bool
knn_processor_dotprod(void)
{
    return (getauxval(AT_HWCAP) & KNN_HWCAP_DOTPROD) != 0;
}

#endif
