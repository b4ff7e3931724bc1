
/*
 * Copyright (C) nginx-knn contributors
 */


#include <string.h>

#include "lead.h"


const char *
knn_lead_skip(knn_lead_t *lead, const char *p, const char *end)
{
    while (p < end && lead->skipped == lead->bom && lead->bom < strlen(KNN_BOM)
           && *p == KNN_BOM[lead->bom])
    {
        p++;
        lead->bom++;
        lead->skipped++;
    }

    if (lead->bom % strlen(KNN_BOM) != 0) {
        return p;
    }

    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) {
        lead->blanks = *p == '\n' ? 0 : lead->blanks + 1;
        p++;
        lead->skipped++;
    }

    return p;
}
